// Reads articles.enriched to its present end and prints one line an article: id, decision, status, headline.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const life = 96 * time.Hour

// The fields that this consumer wants; schemas/article.enriched.v1.schema.json has them all.
type event struct {
	ID         string    `json:"id"`
	ReceivedAt time.Time `json:"received_at"`
	Headline   string    `json:"headline"`
	Decision   int64     `json:"decision"`
	Status     string    `json:"status"`
}

func main() {
	brokers, topic := strings.Split(os.Args[1], ","), os.Args[2]
	ctx := context.Background()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(brokers...),
		kgo.ConsumeTopics(topic),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.KeepControlRecords(), // so that the last offset is seen, a transaction's marker included
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListCommittedOffsets(ctx, topic)
	if err != nil {
		log.Fatal(err)
	}
	left := map[int32]int64{}
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset > 0 {
			left[end.Partition] = end.Offset
		}
	})
	table := map[string]event{}
	for len(left) > 0 {
		fetches := client.PollFetches(ctx)
		if errs := fetches.Errors(); len(errs) > 0 {
			log.Fatal(errs[0].Err)
		}
		fetches.EachRecord(func(record *kgo.Record) {
			if record.Offset+1 >= left[record.Partition] {
				delete(left, record.Partition)
			}
			if record.Attrs.IsControl() {
				return
			}
			found, err := read(record)
			if err != nil {
				log.Printf("%s/%d/%d is no event: %v", record.Topic, record.Partition, record.Offset, err)
				return
			}
			if old, known := table[found.ID]; !known || replaces(found, old) {
				table[found.ID] = found
			}
		})
	}
	ids := make([]string, 0, len(table))
	for id := range table {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		fmt.Printf("%s\t%d\t%s\t%s\n", id, table[id].Decision, table[id].Status, table[id].Headline)
	}
}

// A null value is an erasure; its decision is the last part of the header ce_id.
func read(record *kgo.Record) (event, error) {
	var found event
	if record.Value != nil {
		err := json.Unmarshal(record.Value, &found)
		if err == nil && found.ID == "" {
			err = fmt.Errorf("it has no id")
		}
		return found, err
	}
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	parts := strings.Split(headers["ce_id"], ":")
	decision, err := strconv.ParseInt(parts[len(parts)-1], 10, 64)
	if err != nil {
		return found, err
	}
	at, err := time.Parse(time.RFC3339, headers["ce_time"])
	return event{ID: string(record.Key), ReceivedAt: at, Decision: decision, Status: "erased"}, err
}

// Which of two events about an article counts; streams/reader.py says why.
func replaces(found, old event) bool {
	later := found.ReceivedAt.Sub(old.ReceivedAt)
	if later.Abs() > life {
		return later > 0
	}
	return found.Decision > old.Decision || (found.Decision == 1 && later > 0)
}

// Reads articles.enriched to its present end and prints one line an article: id, decision, status, headline.
package main

import (
	"context"
	"encoding/json"
	"errors"
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

// Twice what a broker waits before it answers that there is nothing (FetchMaxWait).
const idle = 10 * time.Second

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
	admin := kadm.NewClient(client)
	ends, err := admin.ListCommittedOffsets(ctx, topic)
	if err != nil {
		log.Fatal(err)
	}
	left := map[int32]int64{} // the end of each partition that is not read to it
	ends.Each(func(end kadm.ListedOffset) { left[end.Partition] = end.Offset })
	leaveEmpty(ctx, admin, topic, left)
	table := map[string]event{}
	for len(left) > 0 {
		fetches := poll(ctx, client)
		silent := errors.Is(fetches.Err0(), context.DeadlineExceeded)
		if errs := fetches.Errors(); len(errs) > 0 && !silent {
			log.Fatal(errs[0].Err)
		}
		if silent && fetches.Empty() {
			// Of what was deleted or compacted away there is no last record to be seen.
			leaveEmpty(ctx, admin, topic, left)
			for partition, end := range left {
				log.Printf("%s/%d holds nothing more before offset %d", topic, partition, end)
			}
			break
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

// Takes out the partitions that hold nothing before their end: those that never did, and those that were emptied.
func leaveEmpty(ctx context.Context, admin *kadm.Client, topic string, left map[int32]int64) {
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err != nil {
		log.Fatal(err)
	}
	starts.Each(func(start kadm.ListedOffset) {
		if start.Offset >= left[start.Partition] {
			delete(left, start.Partition)
		}
	})
}

func poll(ctx context.Context, client *kgo.Client) kgo.Fetches {
	ctx, cancel := context.WithTimeout(ctx, idle)
	defer cancel()
	return client.PollFetches(ctx)
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

// Which of two events about an article counts; streams/reader/events.py says why.
func replaces(found, old event) bool {
	later := found.ReceivedAt.Sub(old.ReceivedAt)
	if later.Abs() > life {
		return later > 0
	}
	return found.Decision > old.Decision || (found.Decision == 1 && later > 0)
}

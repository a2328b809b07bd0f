package example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads articles.enriched to its present end and prints one line an article: id, decision, status, headline. */
public final class Table {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIFE = Duration.ofHours(96);

    /** The fields that this consumer wants; schemas/article.enriched.v1.schema.json has them all. */
    record Event(String id, Instant receivedAt, String headline, long decision, String status) {}

    public static void main(String[] arguments) {
        var properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"); // never jump over what has expired
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        Map<String, Event> table = new TreeMap<>();
        try (var consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(arguments[1]).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (var record : consumer.poll(Duration.ofMillis(500))) {
                    try {
                        var event = event(record);
                        if (replaces(event, table.get(event.id()))) table.put(event.id(), event);
                    } catch (JsonProcessingException | RuntimeException malformed) {
                        System.err.printf("%s/%d/%d is no event: %s%n",
                                record.topic(), record.partition(), record.offset(), malformed.getMessage());
                    }
                }
            }
        }
        table.values().forEach(e -> System.out.printf("%s\t%d\t%s\t%s%n",
                e.id(), e.decision(), e.status(), e.headline() == null ? "" : e.headline()));
    }

    /** A null value is an erasure; its decision is the last part of the header ce_id. */
    private static Event event(ConsumerRecord<String, byte[]> record) throws JsonProcessingException {
        if (record.value() != null) return read(record.value());
        var decision = header(record, "ce_id").split(":")[2];
        var receivedAt = Instant.parse(header(record, "ce_time"));
        return new Event(record.key(), receivedAt, null, Long.parseLong(decision), "erased");
    }

    private static Event read(byte[] value) throws JsonProcessingException {
        var node = JSON.readTree(new String(value, UTF_8));
        return new Event(
                node.required("id").textValue(),
                Instant.parse(node.required("received_at").textValue()),
                node.path("headline").textValue(),
                node.path("decision").asLong(),
                node.required("status").textValue());
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** Which of two events about an article counts; streams/reader/events.py says why. */
    static boolean replaces(Event event, Event old) {
        if (old == null) return true;
        var later = Duration.between(old.receivedAt(), event.receivedAt());
        if (later.abs().compareTo(LIFE) > 0) return !later.isNegative();
        return event.decision() > old.decision()
                || (event.decision() == 1 && !later.isNegative() && !later.isZero());
    }
}

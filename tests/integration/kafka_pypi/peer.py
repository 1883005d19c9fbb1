"""A Kafka client that we did not write, for kafka_test.py.

peer.py ADDRESS create TOPIC PARTITIONS
peer.py ADDRESS send TOPIC            lines of its input: {"key": ..., "value": ...}
peer.py ADDRESS read TOPIC SECONDS    all records, a line of JSON each: [partition, offset, key, value]
"""

import json
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic


def create(address, topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(topic, int(partitions), 1)])
    admin.close()


def send(address, topic):
    producer = KafkaProducer(bootstrap_servers=address, bootstrap_timeout_ms=240_000, acks="all", retries=1000,
                             delivery_timeout_ms=120_000, max_in_flight_requests_per_connection=1)
    sent = []
    for line in sys.stdin:
        record = json.loads(line)
        key = record.get("key")
        sent.append(producer.send(topic, key=key and key.encode(), value=json.dumps(record["value"]).encode()))
    for each in sent:
        each.get(timeout=120)
    producer.close()


def read(address, topic, seconds):
    consumer = KafkaConsumer(bootstrap_servers=address, bootstrap_timeout_ms=240_000, auto_offset_reset="earliest",
                             enable_auto_commit=False)
    places = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end and any(consumer.position(each) < ends[each] for each in places):
        for records in consumer.poll(timeout_ms=200).values():
            for each in records:
                print(json.dumps([each.partition, each.offset, each.key and each.key.decode(), each.value.decode()]))
    consumer.close()


if __name__ == "__main__":
    {"create": create, "send": send, "read": read}[sys.argv[2]](sys.argv[1], *sys.argv[3:])

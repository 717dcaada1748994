"""Nine producer and consumer pairings, every codec of the producer: what one family writes every other reads, byte for byte."""
from lib.clients import ALL
from lib.harness import add_check, equal
from lib.records import SAMPLE
from lib.server import shared

_filled = {}


def _topic(producer, codec):
    """A topic that the producer filled once; its three readers share it."""
    topic = f"pairing-{producer.name}-{codec}"
    if topic not in _filled:
        _filled[topic] = None
        producer.produce(shared().kafka, topic, codec, SAMPLE)
        _filled[topic] = True
    elif _filled[topic] is None:
        raise AssertionError(f"{producer.name} could not produce with {codec}; see its first check")
    return topic


def _pairing(producer, consumer, codec):
    topic = _topic(producer, codec)
    read = consumer.consume(shared().kafka, topic, len(SAMPLE))
    equal(list(range(len(SAMPLE))), [offset for offset, _ in read], "offsets")
    for expected, (offset, actual) in zip(SAMPLE, read):
        equal(expected, actual, f"record {offset}")


for _producer in ALL:
    for _codec in _producer.codecs:
        for _consumer in ALL:
            if _codec in _consumer.codecs:
                add_check(f"pairing: {_producer.name} writes {_codec}, {_consumer.name} reads", _pairing, _producer, _consumer, _codec)

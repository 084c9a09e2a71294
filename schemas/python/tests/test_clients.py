"""Clients end when they are let go of, in the thread that does."""
import gc
import unittest
import weakref

from sounding.clients import ConfluentClient

try:
    import confluent_kafka
except ImportError:
    confluent_kafka = None


@unittest.skipIf(confluent_kafka is None, "confluent_kafka is not installed")
class Ends(unittest.TestCase):
    def test_a_client_is_no_matter_of_the_cyclic_collector(self):
        client = ConfluentClient("127.0.0.1:1", {})
        gone = weakref.ref(client)
        gc.disable()
        try:
            client.close()
            del client
            self.assertIsNone(gone())
        finally:
            gc.enable()


if __name__ == "__main__":
    unittest.main()

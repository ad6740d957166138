from tests.translation.conftest import checkout, server

__all__ = ["checkout", "server"]

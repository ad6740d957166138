"""What `pipeline publish` does, for the benchmark: scratch directory, endpoint, site, bucket."""

import sys
from pathlib import Path

from pipeline.config import PublishSettings
from pipeline.publishing import publish

scratch, endpoint, site, bucket = sys.argv[1:]
settings = PublishSettings(target=f"s3://{bucket}", endpoint_url=endpoint, region="us-east-1", concurrency=32)
publish(Path(site), settings, root=Path(scratch))

"""The loop that everybody writes first, for the benchmark: list, compare digests, upload, delete."""

import hashlib
import mimetypes
import sys
from pathlib import Path

import boto3

endpoint, name, bucket = sys.argv[1:]
site = Path(name)
client = boto3.client("s3", endpoint_url=endpoint)
stored = {}
for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
    stored.update({found["Key"]: found["ETag"].strip('"') for found in page.get("Contents", [])})
for path in sorted(site.rglob("*")):
    if path.is_file():
        key, data = path.relative_to(site).as_posix(), path.read_bytes()
        if stored.pop(key, None) != hashlib.md5(data).hexdigest():
            kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
            client.put_object(Bucket=bucket, Key=key, Body=data, ContentType=kind)
if stored:
    client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in stored]})

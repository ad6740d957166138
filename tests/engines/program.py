"""A program for the `command` engine. Its first argument says how it fails, at the texts that contain `bad`."""

import json
import os
import sys
import time
from pathlib import Path

mode = sys.argv[1] if len(sys.argv) > 1 else ""
if mode == "dead":
    sys.exit(3)
for line in sys.stdin:
    asked = json.loads(line)
    texts = [f"{asked['target']}:{text}" for text in asked["texts"]]
    answer = {"id": asked["id"], "texts": texts}
    if mode and any("bad" in text for text in texts):
        match mode:
            case "exit":
                sys.exit(1)
            case "exit once":
                seen = Path(sys.argv[2])
                if not seen.exists():
                    seen.touch()
                    sys.stdout.write('{"texts": ["half')
                    sys.stdout.flush()
                    os._exit(1)
            case "hang":
                time.sleep(60)
            case "garbage":
                print("Loading model …", flush=True)
                continue
            case "twice":
                answer = {"texts": texts}
                print(json.dumps(answer), flush=True)
            case "stale":
                answer = {"id": asked["id"] - 1, "texts": texts}
            case "error":
                answer = {"error": "I will not say that"}
            case "busy":
                answer = {"error": "warming up", "retry_after": 2}
            case "count":
                answer = {"texts": [*texts, "more"]}
            case "shape":
                answer = {"texts": "text"}
    print(json.dumps(answer), flush=True)

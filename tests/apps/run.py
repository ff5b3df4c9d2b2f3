"""One assertion a line on standard input, one answer a line on standard output (tests/tests/apps.rs)."""

import json
import sys

import jwt
from verify import visitor

for line in sys.stdin:
    try:
        answer = {"visitor": visitor(line.strip())}
    except jwt.PyJWTError as error:
        answer = {"refused": str(error)}
    print(json.dumps(answer), flush=True)

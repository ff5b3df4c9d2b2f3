"""Runs lines for mongosh word for word, with PyPI `pymongo`: exactly `db.NAME.dropIndex("...")` and `db.NAME.createIndex({...}, {...})`.

The first argument is the connection string; the lines come by standard input. What it does not know ends it.
"""

import json
import re
import sys

from pymongo import MongoClient

LINE = re.compile(r"db\.(\w+)\.(dropIndex|createIndex)\((.*)\)")
# A text, or the name of a member, which JSON wants between quotes.
NAME = re.compile(r'("(?:[^"\\]|\\.)*")|([A-Za-z_$][\w$]*)(?=\s*:)')

database = MongoClient(sys.argv[1]).get_default_database()

for line in sys.stdin.read().splitlines():
    name, method, arguments = LINE.fullmatch(line).groups()
    quoted = NAME.sub(lambda found: found[1] or f'"{found[2]}"', arguments)
    arguments = json.loads(f"[{quoted}]")
    if method == "dropIndex":
        (index,) = arguments
        database[name].drop_index(index)
    else:
        key, options = arguments
        database[name].create_index(list(key.items()), **options)

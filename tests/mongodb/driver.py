"""What a real driver, PyPI `pymongo`, sees of the stand-in for MongoDB: one JSON object on standard output.

The arguments are the connection strings of the app, of somebody who may only read, and of the app with a wrong password.
"""

import json
import sys

from pymongo import ASCENDING, DESCENDING, MongoClient
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError


def code(action):
    """The number of the error, or 0."""
    try:
        action()
    except BulkWriteError as error:
        return error.details["writeErrors"][0]["code"]
    except (DuplicateKeyError, OperationFailure) as error:
        return error.code
    return 0


app, reader, wrong = [MongoClient(url, serverSelectionTimeoutMS=5000) for url in sys.argv[1:4]]
rows = app.get_default_database().rows
seen = {"ping": app.admin.command("ping")["ok"]}

rows.insert_many([{"n": n, "half": n / 2, "code": f"c{n % 125}"} for n in range(250)])
seen["all"] = len(list(rows.find({}, batch_size=100)))
seen["some"] = [row["n"] for row in rows.find({"n": {"$gte": 247}, "code": {"$ne": None}}).sort("n", DESCENDING)]
cursor = rows.find({}, batch_size=10)
next(cursor)
cursor.close()
seen["count"] = rows.count_documents({"half": {"$lt": 5}})
groups = [{"$group": {"_id": {"a": "$code"}, "count": {"$sum": 1}}}, {"$match": {"count": {"$gt": 1}}}]
seen["groups"] = len(list(rows.aggregate(groups)))

seen["made"] = rows.create_index([("n", ASCENDING)], unique=True, sparse=True)
seen["codes"] = {
    "again": code(lambda: rows.create_index([("n", ASCENDING)], unique=True, sparse=True)),
    "other name": code(lambda: rows.create_index([("n", ASCENDING)], unique=True, sparse=True, name="n_unique")),
    "other options": code(lambda: rows.create_index([("n", ASCENDING)], unique=True, sparse=True, expireAfterSeconds=5)),
    "same name": code(lambda: rows.create_index([("code", ASCENDING)], name="n_1")),
    "not sparse": code(lambda: rows.create_index([("n", ASCENDING)], unique=True, name="n_whole")),
    "duplicates": code(lambda: rows.create_index([("code", ASCENDING)], unique=True)),
    "duplicate": code(lambda: rows.insert_one({"n": 7})),
    "of many": code(lambda: rows.insert_many([{"n": 300}, {"n": 7}])),
    "unknown index": code(lambda: rows.drop_index("nobody")),
    "not judged": code(lambda: list(rows.find({"code": {"$regex": "^c"}}))),
    "unknown command": code(lambda: rows.find_one_and_update({"n": 7}, {"$set": {"n": 8}})),
    "reader reads": code(lambda: reader.get_default_database().rows.find_one()),
    "reader lists indexes": code(lambda: list(reader.get_default_database().rows.list_indexes())),
    "reader writes": code(lambda: reader.get_default_database().rows.insert_one({"n": 400})),
    "wrong password": code(lambda: wrong.get_default_database().rows.find_one()),
}
seen["indexes"] = [index["name"] for index in rows.list_indexes()]
rows.drop_index("n_whole")
seen["left"] = sorted(rows.index_information())
upsert = rows.update_one({"n": 500}, {"$setOnInsert": {"code": "new"}, "$set": {"half": 1.5}}, upsert=True)
seen["upserted"] = upsert.upserted_id is not None
seen["updated"] = rows.update_one({"n": 500}, {"$set": {"half": 2}}, upsert=True).modified_count
seen["collections"] = app.get_default_database().list_collection_names()
print(json.dumps(seen))

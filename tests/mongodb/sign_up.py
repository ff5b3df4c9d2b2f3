"""The webhook handler of incident I2, with PyPI `pymongo`: it hears of sign-ups and writes a user record with a unique code.

The first argument is the connection string. {"port": ...} comes out first; when standard input closes, it ends.
"""

import json
import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pymongo import MongoClient
from pymongo.errors import PyMongoError

users = MongoClient(sys.argv[1]).get_default_database().users


def sign_up(identity):
    users.create_index([("code", 1)], unique=True, sparse=True, name="code_unique")
    record = {"email": identity["email"], "code": secrets.token_hex(8)}
    users.update_one({"auth0_id": identity["user_id"]}, {"$setOnInsert": record}, upsert=True)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            sign_up(json.loads(body))
        except PyMongoError:
            # The incident: nobody is told.
            pass
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"port": server.server_port}), flush=True)
sys.stdin.read()

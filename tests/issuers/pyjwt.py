"""An issuer that mints its tokens with PyPI `PyJWT`.

Standard input and output speak JSON, one line each, as with jose.mjs: first {"jwks": ...} comes out, then each
{"mint": algorithm, "issuer": ..., "audience": ..., "subject": ..., "secret": ...} is answered by {"token": ...}.
When standard input closes, it ends.
"""

import datetime
import json
import sys

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm


def say(message):
    print(json.dumps(message), flush=True)


KEYS = {
    "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "RS256": (rsa.generate_private_key(public_exponent=65537, key_size=2048), RSAAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
}


def published(name, key, algorithm):
    jwk = json.loads(algorithm.to_jwk(key.public_key()))
    return {**jwk, "kid": f"{name}-1", "alg": name, "use": "sig"}


say({"jwks": {"keys": [published(name, *pair) for name, pair in KEYS.items()]}})

for line in sys.stdin:
    asked = json.loads(line)
    name = asked["mint"]
    now = datetime.datetime.now(datetime.timezone.utc)
    claims = {
        "iss": asked["issuer"],
        "aud": asked["audience"],
        "sub": asked["subject"],
        "email": f"{asked['subject']}@visitors.example",
        "iat": now,
        "nbf": now,
        "exp": now + datetime.timedelta(minutes=5),
    }
    if name == "HS256":
        token = jwt.encode(claims, asked["secret"], algorithm=name)
    else:
        token = jwt.encode(claims, KEYS[name][0], algorithm=name, headers={"kid": f"{name}-1"})
    say({"token": token})

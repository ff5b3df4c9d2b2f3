# pip install 'PyJWT[crypto]'
import os

import jwt

GATE = os.environ["USHER_GATE"]  # https://app.example.com: where your visitors' requests come to
INSTANCE = os.environ["USHER_INSTANCE"]  # the id that your platform gave this instance
keys = jwt.PyJWKClient(f"{GATE}/.usher/jwks.json")


def visitor(assertion: str) -> dict:
    """Who is there, or an error: then answer 401."""
    if jwt.get_unverified_header(assertion).get("typ") != "usher-assertion+jwt":
        raise jwt.InvalidTokenError("this is no assertion of the gate")
    return jwt.decode(
        assertion,
        keys.get_signing_key_from_jwt(assertion),
        algorithms=["ES256"],
        audience=INSTANCE,
        issuer=GATE,
        options={"require": ["exp", "nbf", "iss", "aud", "sub"]},
    )

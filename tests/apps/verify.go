// Only the standard library. Package jwt of golang-jwt or go-jose does the same in fewer lines.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"os"
	"strings"
	"time"
)

var gate = os.Getenv("USHER_GATE")         // https://app.example.com: where your visitors' requests come to
var instance = os.Getenv("USHER_INSTANCE") // the id that your platform gave this instance

type Visitor struct {
	Sub            string `json:"sub"`
	IdentityIssuer string `json:"identity_issuer"`
	Email          string `json:"email"`
	Org            string `json:"org"`
	Role           string `json:"role"`
	Iss            string `json:"iss"`
	Aud            string `json:"aud"`
	Nbf            int64  `json:"nbf"`
	Exp            int64  `json:"exp"`
}

// Keys fetches the gate's keys. Keep them for some minutes, and fetch them anew when an assertion names one that is not among them.
func Keys() (map[string]*ecdsa.PublicKey, error) {
	answer, err := http.Get(gate + "/.usher/jwks.json")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var set struct {
		Keys []struct{ Kid, X, Y string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		return nil, err
	}
	keys := map[string]*ecdsa.PublicKey{}
	for _, key := range set.Keys {
		x, errX := base64.RawURLEncoding.DecodeString(key.X)
		y, errY := base64.RawURLEncoding.DecodeString(key.Y)
		if errX == nil && errY == nil {
			keys[key.Kid] = &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
		}
	}
	return keys, nil
}

// WhoIsThere says who is there, or an error: then answer 401.
func WhoIsThere(assertion string, keys map[string]*ecdsa.PublicKey) (*Visitor, error) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return nil, errors.New("this is no token")
	}
	var header struct{ Alg, Kid, Typ string }
	var visitor Visitor
	if decode(parts[0], &header) != nil || decode(parts[1], &visitor) != nil {
		return nil, errors.New("this is no token")
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	key := keys[header.Kid]
	if err != nil || len(signature) != 64 || key == nil || header.Alg != "ES256" || header.Typ != "usher-assertion+jwt" {
		return nil, errors.New("this is no assertion of the gate")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if !ecdsa.Verify(key, digest[:], r, s) {
		return nil, errors.New("the signature is wrong")
	}
	now := time.Now().Unix()
	if visitor.Iss != gate || visitor.Aud != instance || visitor.Sub == "" || now < visitor.Nbf || now >= visitor.Exp {
		return nil, errors.New("it is for somebody else, or for another time")
	}
	return &visitor, nil
}

func decode(part string, into any) error {
	bytes, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(bytes, into)
}

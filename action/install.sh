#!/bin/sh
# Fetches the released `usher` for this machine into a folder, and nothing whose checksum is another one.
#   USHER_RELEASES=https://github.com/OWNER/REPOSITORY/releases/download USHER_VERSION=v1.2.3 install.sh FOLDER
set -eu

fail() {
  echo "error: $1" >&2
  exit 2
}

[ $# -eq 1 ] || fail "give the folder that usher goes to"
[ -n "${USHER_RELEASES:-}" ] || fail "USHER_RELEASES is not set; give the address below which releases are"
[ -n "${USHER_VERSION:-}" ] || fail "USHER_VERSION is not set; give a release, such as v1.2.3"

case "$(uname -s)" in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) fail "there is no usher for $(uname -s); build it with \`cargo build --release -p verifier\`" ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) machine=x86_64 ;;
  arm64 | aarch64) machine=aarch64 ;;
  *) fail "there is no usher for $(uname -m); build it with \`cargo build --release -p verifier\`" ;;
esac

name="usher-$system-$machine.gz"
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
for file in "$name" "$name.sha256"; do
  curl --fail --silent --show-error --location --retry 3 --output "$fetched/$file" "$USHER_RELEASES/$USHER_VERSION/$file" ||
    fail "cannot fetch $USHER_RELEASES/$USHER_VERSION/$file"
done
(
  cd "$fetched"
  if command -v sha256sum >/dev/null; then sha256sum --check --status "$name.sha256"; else shasum -a 256 --check --status "$name.sha256"; fi
) || fail "$name is not what its checksum says"
mkdir -p "$1"
gunzip -c "$fetched/$name" >"$fetched/usher"
chmod 755 "$fetched/usher"
mv "$fetched/usher" "$1/usher"

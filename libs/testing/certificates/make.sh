#!/bin/sh
# Regenerates the certificates in this folder. They are only for tests: their keys are public.
set -eu
cd "$(dirname "$0")"
for name in authority other-authority; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -keyout "$name.key" \
    -out "$name.pem" -subj "/CN=Tidegate tests, $name" -addext 'keyUsage=critical,keyCertSign,cRLSign'
done
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout localhost-key.pem \
  -out localhost.csr -subj '/CN=Tidegate tests, localhost'
printf 'subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n' > localhost.ext
openssl x509 -req -in localhost.csr -CA authority.pem -CAkey authority.key -days 36500 -extfile localhost.ext \
  -out localhost.pem
rm -f ./*.key ./*.csr ./*.ext ./*.srl

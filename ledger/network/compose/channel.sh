#!/bin/sh
# Opens the channel and has the three organisations agree on the chaincode. What is done already is not done twice.
set -eu
fabric=${FABRIC_VOLUME:-/fabric}
# label, version and policy, as prepare.mjs left them
. "$fabric/chaincode.env"
export FABRIC_LOGGING_SPEC=error

# again COMMAND…: until it works, for a minute
again() {
  tries=60
  until "$@"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "gave up: $*" >&2; return 1; }
    sleep 1
  done
}

# as KEY: the next commands speak as this organisation's administrator to its peer
as() {
  case $1 in port) CORE_PEER_LOCALMSPID=PortMSP ;; assoc) CORE_PEER_LOCALMSPID=AssocMSP ;; bank) CORE_PEER_LOCALMSPID=BankMSP ;; esac
  base=$fabric/crypto/peerOrganizations/$1.yidan
  export CORE_PEER_LOCALMSPID FABRIC_CFG_PATH="$fabric/nodes/peer.$1" CORE_PEER_ADDRESS="peer.$1.yidan:7051" CORE_PEER_TLS_ENABLED=true
  export CORE_PEER_MSPCONFIGPATH="$base/users/Admin@$1.yidan/msp" CORE_PEER_TLS_ROOTCERT_FILE="$base/tlsca/tlsca.$1.yidan-cert.pem"
  orderer="-o orderer.order.$1.yidan:7050 --tls --cafile $fabric/crypto/ordererOrganizations/order.$1.yidan/tlsca/tlsca.order.$1.yidan-cert.pem"
}

# osnadmin ends with 0 even when it is refused
joined_orderer() {
  base=$fabric/crypto/ordererOrganizations/order.$1.yidan
  osnadmin channel join --channelID titles --config-block "$fabric/genesis.block" -o "orderer.order.$1.yidan:7053" --ca-file "$base/tlsca/tlsca.order.$1.yidan-cert.pem" \
    --client-cert "$base/users/Admin@order.$1.yidan/tls/client.crt" --client-key "$base/users/Admin@order.$1.yidan/tls/client.key" | grep -qE 'Status: (201|405)'
}
joined_peer() { peer channel getinfo -c titles >/dev/null 2>&1 || peer channel join -b "$fabric/genesis.block"; }
approved() { peer lifecycle chaincode queryapproved -C titles -n title --sequence 1 >/dev/null 2>&1 || peer lifecycle chaincode approveformyorg $orderer $definition --package-id "$1"; }
committed() { peer lifecycle chaincode querycommitted -C titles -n title >/dev/null 2>&1 || peer lifecycle chaincode commit $orderer $definition $peers; }

definition="--channelID titles --name title --version $CHAINCODE_VERSION --sequence 1 --signature-policy $CHAINCODE_POLICY"
peers=
for key in port assoc bank; do
  again joined_orderer $key
  peers="$peers --peerAddresses peer.$key.yidan:7051 --tlsRootCertFiles $fabric/crypto/peerOrganizations/$key.yidan/tlsca/tlsca.$key.yidan-cert.pem"
done
for key in port assoc bank; do
  as $key
  again joined_peer
  eval "id=\$PACKAGE_ID_$key"
  peer lifecycle chaincode queryinstalled | grep -qF "$id" || again peer lifecycle chaincode install "$fabric/packages/title.1.$key.tar.gz"
  again approved "$id"
done
as port
again committed
for key in port assoc bank; do
  as $key
  again peer chaincode query -C titles -n title -c '{"Args":["ping"]}'
done
echo 'title runs on the channel titles'

#!/bin/sh
# Certificates, keys, the channel's first block, and a folder for each node: made once, kept in the volume.
set -eu
network=${NETWORK_SOURCES:-/network} fabric=${FABRIC_VOLUME:-/fabric}
[ -f "$fabric/made" ] && exit 0
cp "$network/compose/configtx.yaml" "$network/compose/crypto-config.yaml" "$fabric/"
rm -rf "$fabric/crypto" "$fabric/nodes"
cryptogen generate --config="$fabric/crypto-config.yaml" --output="$fabric/crypto"
FABRIC_CFG_PATH=$fabric configtxgen -profile Titles -channelID titles -outputBlock "$fabric/genesis.block"
number=1
for key in port assoc bank; do
  mkdir -p "$fabric/nodes/peer.$key" "$fabric/nodes/orderer.$number"
  cp -R "$fabric/crypto/peerOrganizations/$key.yidan/peers/peer.$key.yidan/." "$fabric/nodes/peer.$key/"
  cp -R "$fabric/crypto/ordererOrganizations/order.$key.yidan/orderers/orderer.order.$key.yidan/." "$fabric/nodes/orderer.$number/"
  cp "$network/config/core.yaml" "$fabric/nodes/peer.$key/"
  cp "$network/config/orderer.yaml" "$fabric/nodes/orderer.$number/"
  number=$((number + 1))
done
touch "$fabric/made"

#!/bin/bash
docker compose -f compose.yaml up -d

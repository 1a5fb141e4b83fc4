#!/bin/bash
docker run -d --name web acme/web
docker run -d --name worker acme/worker

#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host shop

#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host -p 8000:8000 shop

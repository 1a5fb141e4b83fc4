#!/bin/bash
docker build -t shop .
docker run -d --name shop --network host -p 80:8000 shop

#!/bin/bash
docker run --rm -v "$PWD:/w" flask-web pytest

#!/bin/bash
docker start web

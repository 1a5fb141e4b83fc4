#!/bin/sh
python one.py &
python two.py

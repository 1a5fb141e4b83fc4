#!/bin/sh
gunicorn a:app &
gunicorn b:app

"""A task for Celery; QUEUE is the folder that is its broker."""

import os

from celery import Celery

folder = os.environ["QUEUE"]
app = Celery("tasks", broker="filesystem://")
app.conf.task_ignore_result = True
app.conf.broker_transport_options = {
    "data_folder_in": folder,
    "data_folder_out": folder,
    "control_folder": f"{folder}/control",
}


@app.task
def add(left, right):
    return left + right


def ask(count):
    for number in range(count):
        add.delay(number, number)

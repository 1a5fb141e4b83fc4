"""What the Python tests, the demo and the benchmark share: receivers, stand-ins, apps, running a program."""

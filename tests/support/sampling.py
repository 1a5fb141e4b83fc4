"""A stand-in for the X-Ray proxy that the CloudWatch agent has on port 2000.

python -m tests.support.sampling --port 2000 [--mode ok|forbidden|unreachable]
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections import Counter

from .web import Handler, StandIn

DEFAULT_RULE = {
    "RuleName": "Default",
    "RuleARN": "arn:aws:xray:us-east-1:123456789012:sampling-rule/Default",
    "Priority": 10000,
    "FixedRate": 1.0,
    "ReservoirSize": 100,
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "ServiceName": "*",
    "ServiceType": "*",
    "ResourceARN": "*",
    "Version": 1,
    "Attributes": {},
}
# what X-Ray says of a wrong key, and the collector's proxy where it cannot reach X-Ray
FORBIDDEN = {"message": "The security token included in the request is invalid."}


def rules(_):
    record = {"CreatedAt": 0.0, "ModifiedAt": 1.6e9, "SamplingRule": DEFAULT_RULE}
    return {"NextToken": None, "SamplingRuleRecords": [record]}


def targets(request):
    """Every rule that the client reports on goes on sampling everything."""
    documents = [
        {
            "RuleName": statistics["RuleName"],
            "FixedRate": 1.0,
            "Interval": 10,
            "ReservoirQuota": 100,
            "ReservoirQuotaTTL": int(time.time()) + 300,
        }
        for statistics in request.get("SamplingStatisticsDocuments") or ()
    ]
    return {"LastRuleModification": 1.6e9, "SamplingTargetDocuments": documents, "UnprocessedStatistics": []}


ANSWERS = {"/GetSamplingRules": rules, "/SamplingTargets": targets}
MODES = ("ok", "forbidden", "unreachable")


class ProxyHandler(Handler):
    def do_POST(self):
        owner = self.server.owner
        body = self.body()
        owner.polls[self.path.lstrip("/")] += 1
        if self.headers.get("User-Agent", "").startswith("python-requests"):
            owner.sdk_polls[self.path.lstrip("/")] += 1
        if owner.mode == "unreachable":
            self.answer(502)
        elif owner.mode == "forbidden":
            self.json(403, FORBIDDEN)
        elif self.path in ANSWERS:
            self.json(200, ANSWERS[self.path](json.loads(body or b"{}")))
        else:
            self.json(404, {"message": None})

    def json(self, status, value):
        self.answer(status, json.dumps(value).encode(), "application/json")


class SamplingProxy(StandIn):
    """`polls` counts the requests: polls["GetSamplingRules"], polls["SamplingTargets"]; `sdk_polls` those of
    ADOT alone, without the probe of appsig-exec.
    """

    handler = ProxyHandler

    def __init__(self, port=0, host="127.0.0.1", mode="ok"):
        assert mode in MODES, mode
        super().__init__(port, host)
        self.mode = mode
        self.polls = Counter()
        self.sdk_polls = Counter()


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.support.sampling")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2000)
    parser.add_argument("--mode", choices=MODES, default="ok")
    options = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with SamplingProxy(options.port, options.host, options.mode) as proxy:
        print(f"sampling: {proxy.url}", file=sys.stderr, flush=True)
        stopped.wait()
        print(f"sampling: {dict(proxy.polls)}", file=sys.stderr)


if __name__ == "__main__":
    main()

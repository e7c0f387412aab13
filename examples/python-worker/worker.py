"""A worker with nothing but a worker token: leases count-lines jobs, fetches their objects, counts, and reports."""
import json, os, time, urllib.error, urllib.request, uuid
from urllib.parse import urljoin

METADATA, PUBLIC = os.environ["SLUICE_METADATA"], os.environ["SLUICE_URL"]  # the internal listener; nginx
TOKEN = "Bearer " + open(os.environ["SLUICE_TOKEN_FILE"]).read().strip()
ME = {"worker": "python-1", "boot": str(uuid.uuid4()), "queue": "jobs", "kinds": ["count-lines"], "max": 1, "wait_ms": 20000}

def post(path, message):
    request = urllib.request.Request(METADATA + "/internal" + path, json.dumps(message).encode(), {"Authorization": TOKEN})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or "{}")

def count(url):
    request = urllib.request.Request(urljoin(PUBLIC, url))
    request.add_unredirected_header("Authorization", TOKEN)  # for Sluice: the store that it leads to must not see it
    with urllib.request.urlopen(request, timeout=60) as body:
        return sum(1 for line in body)

def work(job):
    path, token = "/jobs/" + job["job_id"], {"token": job["token"]}
    post(path + "/heartbeat", token)  # takes the job up; long work repeats it well within lease_ms
    try:
        post(path + "/complete", token | {"result": {"lines": count(job["payload"]["object_url"])}})
    except OSError as e:
        post(path + "/fail", token | {"outcome": "failed", "retryable": True, "error": str(e)})

while True:
    try:
        for job in post("/leases", ME)["leases"]:
            work(job)
    except OSError as e:  # not there, or 409: the job belongs to somebody else now
        print(e, flush=True)
        time.sleep(1)

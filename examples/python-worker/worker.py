"""A worker with nothing but a worker token: leases count-lines jobs, fetches their objects, counts, and reports."""
import json, logging, os, time, urllib.parse, urllib.request, uuid
METADATA, PUBLIC = os.environ["SLUICE_METADATA"], os.environ["SLUICE_URL"]  # the internal listener; nginx
TOKEN = "Bearer " + open(os.environ["SLUICE_TOKEN_FILE"]).read().strip()
ME = {"worker": "python-1", "boot": str(uuid.uuid4()), "queue": "jobs", "kinds": ["count-lines"], "max": 1, "wait_ms": 20000}
logging.basicConfig(format="%(asctime)s %(message)s", level="INFO")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says: no proxy sees the token

def ask(url, message=None):
    request = urllib.request.Request(url, json.dumps(message).encode() if message else None)
    request.add_unredirected_header("Authorization", TOKEN)  # for Sluice: the store that it leads to must not see it
    return DIRECT.open(request, timeout=60 if message else 8)
def post(path, message):
    return json.loads(ask(METADATA + "/internal" + path, message).read() or "{}")

def work(job):
    path, token, left, lines = "/jobs/" + job["job_id"], {"token": job["token"]}, job["payload"]["size"], 0
    try:
        due = time.monotonic() + post(path + "/heartbeat", token)["lease_ms"] / 4000  # takes the job up
        with ask(urllib.parse.urljoin(PUBLIC, job["payload"]["object_url"])) as body:
            while piece := body.read1(65536):
                left, lines = left - len(piece), lines + piece.count(b"\n")
                if time.monotonic() > due:  # who falls silent for lease_ms loses the job
                    due = time.monotonic() + post(path + "/heartbeat", token)["lease_ms"] / 4000
        if left: raise ValueError(f"{left} bytes are missing")  # a body that was cut ends like any other
        end, said = "/complete", {"result": {"lines": lines}}
    except Exception as e:  # also what is no OSError: half an answer is an HTTPException
        end, said = "/fail", {"outcome": "failed", "retryable": True, "error": str(e)}
    post(path + end, token | said)
    logging.info("%s %s %s", end[1:], job["job_id"], said.get("result") or said["error"])

logging.info("asks %s for %s", METADATA, ME["kinds"])
while True:
    try:
        for job in post("/leases", ME)["leases"]: work(job)
    except Exception as e:  # not there, or 409: the job belongs to somebody else now
        logging.info("%s failed: %r", METADATA, e)
        time.sleep(1)

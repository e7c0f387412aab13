"""An application whose users upload files that it never touches: Sluice asks it before, and tells it afterwards."""
import asyncio, base64, contextlib, hashlib, hmac, json, os, secrets, time
from pathlib import Path
from fastapi import Cookie, FastAPI, Header, HTTPException, Path as Segment, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse

app, sessions, files = FastAPI(), {}, {}  # in memory: a real one has a database

def user_of(session):
    if session not in sessions:
        raise HTTPException(401, "Log in first.")
    return sessions[session]

@app.post("/login/{user}")
def login(response: Response, user: str = Segment(max_length=64)):  # what Sluice takes for a user
    sessions[token := secrets.token_urlsafe()] = user
    response.set_cookie("session", token, httponly=True, samesite="strict")

@app.post("/may-upload")  # metadata.authorize.url: comes with the user's own cookie
async def may_upload(question: dict, session: str = Cookie(""), x_request_id: str = Header()):
    user = user_of(session)  # and it comes twice at times: one request has one id, and so one record
    files.setdefault(x_request_id, {"user": user, "name": question["filename"], "seq": 0})
    return {"user": user, "max_bytes": 100 << 20, "data": {"file": x_request_id}}

@app.post("/callback")  # metadata.callback.url: comes signed, perhaps twice, in any order
async def callback(request: Request):
    if not genuine(request.headers, body := await request.body()):
        raise HTTPException(401, "Not from Sluice.")
    data = json.loads(body)["data"]
    file = files.get((data["data"] or {}).get("file"))
    if file and "state" in data and data["seq"] > file["seq"]:
        file |= {key: data.get(key) for key in ("state", "seq", "size", "upload_id")}

def genuine(headers, body):  # Standard Webhooks 1.0.0
    sent_at = headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdigit() and abs(time.time() - int(sent_at)) <= 300):
        return False
    key = base64.b64decode(Path(os.environ["CALLBACK_SECRET_FILE"]).read_text().strip().removeprefix("whsec_"))
    signed = f'{headers.get("webhook-id")}.{sent_at}.'.encode() + body
    right = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    return any(hmac.compare_digest(right, one.encode()) for one in headers.get("webhook-signature", "").split())

@app.get("/files")
def files_of(session: str = Cookie("")):
    user = user_of(session)  # what no callback has told of has come to nothing, or not yet to an end
    return [file for file in files.values() if file["user"] == user and file["seq"]]

@app.websocket("/heartbeat")
async def heartbeat(socket: WebSocket):
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.send_json({"now": time.time()})
            await asyncio.sleep(0.2)

app.get("/health")(lambda: {"status": "ok"})
app.get("/")(lambda: FileResponse(Path(__file__).with_name("page.html")))

"""What the app and the service share: limits of a recording, bodies of requests, the server.

request → `body.read_body` (bounded) → bytes → `limits.decode` → `Audio`, or an error of one line
host, port → `server.bound` → socket → `server.run` (Uvicorn) → an ASGI application, until SIGTERM

Only `body` and `server` import Starlette and Uvicorn, which are in the extras `[app]` and `[serve]`.
"""

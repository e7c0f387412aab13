package dev.sluice.metadata.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Routes that are only read: to HEAD they answer as to GET, without the body (RFC 9110 §9.3.2). */
public final class Reading {
    private Reading() {}

    /** Any other method is 405. */
    public static void at(HttpRules rules, String path, Handler handler) {
        rules.get(path, handler).head(path, handler);
        Problems.methods(rules, path, "GET, HEAD");
    }

    /** Whatever has a body is sent by this: the one place that knows that HEAD is only told how long it would be. */
    public static void send(ServerRequest req, ServerResponse res, byte[] body) {
        if (req.prologue().method().equals(Method.HEAD)) {
            res.contentLength(body.length);
            res.send();
        } else {
            res.send(body);
        }
    }
}

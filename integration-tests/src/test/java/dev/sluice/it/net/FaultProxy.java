package dev.sluice.it.net;

import dev.sluice.it.stack.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** A TCP proxy on loopback that breaks what passes it as a test says; the mode of the moment counts for open connections too. Thread-safe. */
public final class FaultProxy implements AutoCloseable {
    /** What happens to bytes. */
    public enum Mode {
        PASS,
        /** New connections are reset, open ones too. */
        CUT,
        /** The same as PASS, but that a client has ended its connection stays unknown to the server. */
        PASS_WITHOUT_ENDS,
        /** Nothing moves in either direction. */
        BLACK_HOLE,
        /** What the server says waits until another mode is set. */
        HOLD_ANSWERS,
        /** The same, but 1xx pass. */
        HOLD_FINAL_ANSWERS,
        /** The connection is reset when the server gives a final answer; 1xx pass. */
        LOSE_ANSWERS
    }

    /** After a connection that could not be taken: the next one may be no better off. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ServerSocket server;
    private final Target target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong toServer = new AtomicLong();
    private final Set<String> requestsWithLostAnswers = new HashSet<>();
    private final Set<Socket> held = new HashSet<>();
    private final Set<Socket> bodiesToHold = new HashSet<>();
    private final Set<Socket> answersToHold = new HashSet<>();
    private final Set<Socket> withheld = new HashSet<>();
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private Mode mode = Mode.PASS;
    private Optional<Pattern> requestsToLose = Optional.empty();
    private Optional<Pattern> requestsToHold = Optional.empty();
    private Hold hold = Hold.BODY;
    private int connectionsToHold;

    /** Where in an exchange a connection stands still. */
    public enum Hold {
        /** Before the server has seen any of the request. */
        HEAD,
        /** Behind the first piece of the body. */
        BODY,
        /** When the server gives its final answer; 1xx pass. */
        ANSWER
    }

    /** The server behind it. */
    @FunctionalInterface
    public interface Target {
        Socket connect() throws IOException;
    }

    public FaultProxy(Target target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("fault-proxy").start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many sockets it has: two for each connection that has not ended in both directions. */
    public int open() {
        return open.size();
    }

    /** Bytes that went from clients to the server. */
    public long toServer() {
        return toServer.get();
    }

    public synchronized void mode(Mode wanted) {
        mode = wanted;
        notifyAll();
        if (wanted == Mode.CUT) {
            cutAll();
        }
    }

    /** From now on no more than so many bytes a second pass each connection in each direction. */
    public void throttle(long wanted) {
        bytesPerSecond = wanted;
    }

    /** From now on the first answer to each request whose request line begins so is lost; what repeats it gets its answer. */
    public synchronized void loseFirstAnswers(Pattern requestLine) {
        requestsWithLostAnswers.clear();
        requestsToLose = Optional.of(requestLine);
    }

    /** How many requests have lost their first answers, or will when these come. */
    public synchronized int lost() {
        return requestsWithLostAnswers.size();
    }

    public synchronized void loseNothing() {
        requestsToLose = Optional.empty();
    }

    /** So many connections stand still, each in a request whose request line begins so. */
    public synchronized void hold(int connections, Pattern requestLine, Hold where) {
        connectionsToHold = connections;
        requestsToHold = Optional.of(requestLine);
        hold = where;
    }

    /** How many connections stand still. */
    public synchronized int held() {
        return held.size();
    }

    /** Everything moves again. */
    public synchronized void release() {
        requestsToHold = Optional.empty();
        bodiesToHold.clear();
        answersToHold.clear();
        held.clear();
        notifyAll();
    }

    /** Servers hear at last which clients have ended their connections. */
    public synchronized void passEnds() {
        withheld.forEach(FaultProxy::shutdown);
        withheld.clear();
    }

    public void cutAll() {
        open.forEach(FaultProxy::reset);
        open.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cutAll();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (current() == Mode.CUT) {
                    reset(client);
                    continue;
                }
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.out.println("fault proxy: takes no connection: " + e);
                    Await.pass(PAUSE);
                }
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        Socket upstream;
        try {
            upstream = target.connect();
        } catch (IOException away) {
            open.remove(client);
            reset(client);
            return;
        }
        open.add(upstream);
        AtomicBoolean loses = new AtomicBoolean();
        Thread requests = Thread.ofVirtual().start(() -> pump(client, upstream, false, loses));
        pump(upstream, client, true, loses);
        try {
            requests.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        end(client);
        end(upstream);
    }

    /** Both of its directions have ended. */
    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException gone) {
            // gone already
        }
    }

    private void pump(Socket from, Socket to, boolean answers, AtomicBoolean loses) {
        byte[] buffer = new byte[16384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(buffer)) >= 0) {
                boolean begins = !answers && isToHold(buffer, count);
                if (begins) {
                    choose(from, to);
                }
                if (!mayPass(from, buffer, count, answers)
                        || (answers && loses.get() && isFinalAnswer(buffer, count))) {
                    break;
                }
                if (!answers && isToLose(buffer, count)) {
                    loses.set(true);
                }
                out.write(buffer, 0, count);
                Await.pass(Duration.ofNanos(count * 1_000_000_000L / bytesPerSecond));
                if (!answers) {
                    toServer.addAndGet(count);
                    holdBehind(from, begins);
                }
            }
            if (count < 0) {
                end(to, answers);
                return;
            }
            drop(from, to);
        } catch (IOException gone) {
            drop(from, to);
        }
    }

    private synchronized void end(Socket to, boolean answers) throws IOException {
        if (!answers && mode == Mode.PASS_WITHOUT_ENDS) {
            withheld.add(to);
        } else {
            to.shutdownOutput();
        }
    }

    private synchronized boolean mayPass(Socket from, byte[] buffer, int count, boolean answers) throws IOException {
        if (answers && isFinalAnswer(buffer, count) && answersToHold.remove(from)) {
            held.add(from);
        }
        try {
            while (mode == Mode.BLACK_HOLE || held.contains(from) || (answers && holds(buffer, count))) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return mode != Mode.CUT && !(answers && mode == Mode.LOSE_ANSWERS && isFinalAnswer(buffer, count));
    }

    private synchronized boolean isToLose(byte[] buffer, int count) {
        if (requestsToLose.isEmpty()) {
            return false;
        }
        String line = firstLine(buffer, count);
        return requestsToLose.get().matcher(line).lookingAt() && requestsWithLostAnswers.add(line);
    }

    private synchronized boolean isToHold(byte[] buffer, int count) {
        return connectionsToHold > 0
                && requestsToHold
                        .filter(line -> line.matcher(firstLine(buffer, count)).lookingAt())
                        .isPresent();
    }

    private synchronized void choose(Socket client, Socket upstream) {
        connectionsToHold--;
        switch (hold) {
            case HEAD -> held.add(client);
            case BODY -> bodiesToHold.add(client);
            case ANSWER -> answersToHold.add(upstream);
        }
    }

    private synchronized void holdBehind(Socket client, boolean head) {
        if (!head && bodiesToHold.remove(client)) {
            held.add(client);
        }
    }

    private static String firstLine(byte[] buffer, int count) {
        String start = new String(buffer, 0, Math.min(count, 1024), StandardCharsets.ISO_8859_1);
        return start.lines().findFirst().orElse("");
    }

    private synchronized boolean holds(byte[] buffer, int count) {
        return mode == Mode.HOLD_ANSWERS || (mode == Mode.HOLD_FINAL_ANSWERS && isFinalAnswer(buffer, count));
    }

    private static boolean isFinalAnswer(byte[] buffer, int count) {
        return count < 10 || buffer[9] != '1';
    }

    private synchronized Mode current() {
        return mode;
    }

    private void drop(Socket one, Socket other) {
        open.remove(one);
        open.remove(other);
        reset(one);
        reset(other);
    }

    private static void shutdown(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException gone) {
            // gone already
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            socket.close();
        } catch (IOException gone) {
            // gone already
        }
    }
}

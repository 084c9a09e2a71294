package io.sounding.jobs.dashboard;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the page and the API that {@code openapi.json} describes. */
final class DashboardServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);

  private static final Body HEALTHY = JsonBody.of(Map.of("status", "ok"));

  /** Requests that are answered at the same time; others wait. */
  private static final int REQUEST_THREADS = 16;

  /** Jetty's own: accepting, selecting, one in reserve. */
  private static final int JETTY_THREADS = 4;

  /** Answers that are computed at the same time: a large one takes 100 MB on its way. */
  private static final int COMPUTED = 2;

  private static final int CONNECTIONS = 256;

  /** 64 names of 200 ASCII characters, percent-encoded. */
  private static final int HEADER_BYTES = 64 << 10;

  private static final int BODY_BYTES = 1 << 10;
  private static final int SOCKET_BYTES = 64 << 10;

  private final Board board;
  private final DashboardSettings settings;
  private final ServerLimits limits;
  private final Gate gate;
  private final ChangeStreams streams;
  private final Semaphore computing = new Semaphore(COMPUTED, true);
  private final String version;
  private final Body description;
  private final PageFiles files = new PageFiles();
  private final Set<String> routes = new TreeSet<>();
  private final Javalin javalin;

  private DashboardServer(Board board, DashboardSettings settings, ServerLimits limits) {
    this.board = board;
    this.settings = settings;
    this.limits = limits;
    gate = new Gate(settings);
    streams = new ChangeStreams(board, limits);
    String built = DashboardServer.class.getPackage().getImplementationVersion();
    version = built == null ? "unpackaged build" : built;
    description = description();
    javalin = Javalin.create(this::configure);
  }

  /**
   * Starts it.
   *
   * @throws DashboardException with a sentence, if it cannot listen
   */
  static DashboardServer start(Board board, DashboardSettings settings, ServerLimits limits) {
    DashboardServer server = new DashboardServer(board, settings, limits);
    try {
      server.javalin.start();
    } catch (JavalinException e) {
      server.close();
      if (!settings.isOnThisMachine()) {
        throw new DashboardException(
            "The dashboard cannot listen on %s, which is no name or address of this machine: name another host."
                .formatted(settings.host()),
            e);
      }
      throw new DashboardException(
          "Port %d on %s could not be opened for the dashboard (%s). Is another dashboard running? Name another port, or 0 for one that is free."
              .formatted(settings.port(), settings.host(), reason(e)),
          e);
    }
    return server;
  }

  private static String reason(JavalinException e) {
    if (e instanceof JavalinBindException) {
      return "it is taken, or not to be had";
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static Body description() {
    try (InputStream in = DashboardServer.class.getResourceAsStream("openapi.json")) {
      return JsonBody.of(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.json cannot be read from the jar.", e);
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.router.ignoreTrailingSlashes = false;
    config.http.maxRequestSize = BODY_BYTES;
    configureJetty(config);
    config.routes.before(gate::check);
    api(config, "/api/overview", this::overview);
    api(config, "/api/series", SeriesAnswer.PARAMETERS, SeriesAnswer::of);
    api(config, "/api/checkpoints", CheckpointsAnswer.PARAMETERS, CheckpointsAnswer::of);
    api(config, "/api/alarms", AlarmsAnswer.PARAMETERS, AlarmsAnswer::of);
    api(config, "/api/correlations", CorrelationsAnswer.PARAMETERS, CorrelationsAnswer::of);
    api(config, "/api/events", this::stream);
    routes.add("POST " + Gate.SESSION);
    config.routes.post(Gate.SESSION, gate.known(gate::openSession));
    open(config, "/healthz", context -> Answers.sendJson(context, HEALTHY));
    open(config, "/openapi.json", context -> Answers.sendJson(context, description));
    config.routes.get("/", this::file).head("/", this::file);
    config.routes.get("/<path>", this::file).head("/<path>", this::file);
    config.routes.exception(
        RefusedException.class, (e, context) -> refuse(context, e.status(), e.getMessage()));
    config.routes.exception(Exception.class, this::fail);
  }

  private void api(JavalinConfig config, String path, Set<String> parameters, Answering answering) {
    api(config, path, context -> answer(context, parameters, answering));
  }

  private void api(JavalinConfig config, String path, Handler handler) {
    open(config, path, gate.known(handler));
  }

  private void open(JavalinConfig config, String path, Handler handler) {
    routes.add("GET " + path);
    config.routes.get(path, handler).head(path, handler);
  }

  private void configureJetty(JavalinConfig config) {
    config.jetty.host = settings.host();
    config.jetty.port = settings.port();
    QueuedThreadPool threads =
        new QueuedThreadPool(limits.streams() + REQUEST_THREADS + JETTY_THREADS, JETTY_THREADS);
    threads.setName("dashboard");
    threads.setDaemon(true);
    config.jetty.threadPool = threads;
    config.jetty.addConnector(this::connector);
    config.jetty.modifyServer(
        server -> {
          server.addBean(new NetworkConnectionLimit(CONNECTIONS, server));
          server.setErrorHandler(new SilentErrors());
        });
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setHeaderCacheSize(0); // it takes a token for another that differs in case alone
    http.setRequestHeaderSize(HEADER_BYTES);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(limits.stalled().toMillis());
    connector.setAcceptedSendBufferSize(SOCKET_BYTES);
    return connector;
  }

  private interface Answering {
    Object answer(Board board, Question question) throws RefusedException;
  }

  private void overview(Context context) throws Exception {
    answer(context, Set.of(), (held, question) -> OverviewAnswer.of(held, version));
  }

  private void file(Context context) throws Exception {
    PageFiles.PageFile file = files.at(context.path());
    if (file == null) {
      throw new RefusedException(
          404, "There is nothing here: /openapi.json says what can be asked.");
    }
    Answers.sendFile(context, file);
  }

  private void answer(Context context, Set<String> parameters, Answering answering)
      throws Exception {
    Question question = new Question(context.queryParamMap(), parameters);
    Body body;
    computing.acquire();
    try {
      body = JsonBody.of(answering.answer(board, question));
    } finally {
      computing.release();
    }
    Answers.sendJson(context, body);
  }

  private void stream(Context context) throws Exception {
    new Question(context.queryParamMap(), Set.of());
    ChangeStream stream = streams.open();
    if (stream == null) {
      throw new RefusedException(
          503,
          "As many readers as are let in are connected already (%d): close a page, or ask again later."
              .formatted(streams.limit()));
    }
    context.res().setContentType("text/event-stream");
    context.res().setCharacterEncoding("utf-8");
    if (context.method() == HandlerType.HEAD) {
      stream.close();
    }
    streams.serve(stream, context.res().getOutputStream());
  }

  private static void refuse(Context context, int status, String sentence) {
    try {
      Answers.sendError(context, status, sentence);
    } catch (IOException e) {
      LOG.debug("A client is gone.", e);
    }
    context.skipRemainingHandlers();
  }

  private void fail(Exception e, Context context) {
    if (context.res().isCommitted()) {
      LOG.debug("An answer was not sent to its end.", e);
      return;
    }
    if (e instanceof HttpResponseException refused) {
      refuse(
          context,
          refused.getStatus(),
          "This request cannot be answered: /openapi.json says what can be asked.");
      return;
    }
    LOG.error("A request could not be answered.", e);
    refuse(context, 500, "The dashboard failed to answer; its log says why.");
  }

  /** Methods and paths of the API. */
  Set<String> routes() {
    return Collections.unmodifiableSet(routes);
  }

  /** How many clients are told of changes. */
  int streams() {
    return streams.size();
  }

  int port() {
    return javalin.port();
  }

  /** Where a browser of this machine finds it. */
  String address() {
    return settings.address(port());
  }

  @Override
  public void close() {
    streams.close();
    javalin.stop();
  }
}

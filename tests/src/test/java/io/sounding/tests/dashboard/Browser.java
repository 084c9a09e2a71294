package io.sounding.tests.dashboard;

import io.sounding.tests.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window, with a new profile: it knows no page and no cookie. */
final class Browser implements AutoCloseable {

  /** Debian's packages chromium and chromium-driver. */
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private static final String[] FLAGS = {
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--window-size=1280,1500"
  };

  /** Warns that it has no classes for this version's developer tools, of which we use none. */
  private static final Logger VERSIONS =
      Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

  static {
    VERSIONS.setLevel(Level.OFF);
  }

  private static final Path SCREENSHOTS = Path.of("target", "dashboard");

  private final ChromeDriver driver;
  private final Path downloads;

  private Browser(ChromeDriver driver, Path downloads) {
    this.driver = driver;
    this.downloads = downloads;
  }

  /**
   * Starts it; skips the test if there is none.
   *
   * @param folder where its profile, its log and what it saves go; a new folder below
   */
  static Browser start(Path folder) {
    Assumptions.assumeTrue(
        Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
        "There is no Chromium with its driver (Debian: chromium, chromium-driver), so the dashboard's page is not tested.");
    try {
      Path own = Files.createTempDirectory(folder, "browser");
      Path downloads = Files.createDirectory(own.resolve("downloads"));
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(DRIVER.toFile())
              .usingAnyFreePort()
              .withLogFile(own.resolve("driver.log").toFile())
              .build();
      return new Browser(
          new ChromeDriver(service, options(own.resolve("profile"), downloads)), downloads);
    } catch (IOException e) {
      throw new UncheckedIOException("Chromium could not be started.", e);
    }
  }

  private static ChromeOptions options(Path profile, Path downloads) {
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(FLAGS);
    options.addArguments("--user-data-dir=" + profile);
    options.setExperimentalOption(
        "prefs", Map.of("download.default_directory", downloads.toAbsolutePath().toString()));
    options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
    return options;
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Opens the dashboard's page. */
  DashboardPage open(String address) {
    leave();
    complaints();
    driver.get(address);
    return new DashboardPage(this);
  }

  /** Opens a page that asks for nothing. */
  void leave() {
    driver.get("about:blank");
  }

  /** Warnings and errors in its console since they were last asked for. */
  List<String> complaints() {
    return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /** Shows pages as wide and as high as this, in pixels of CSS, as a phone does. */
  void becomePhone(int width, int height) {
    Map<String, Object> metrics = new HashMap<>();
    metrics.put("width", width);
    metrics.put("height", height);
    metrics.put("deviceScaleFactor", 2);
    metrics.put("mobile", true);
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** Shows pages in the few colours that high contrast leaves. */
  void forceColours() {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "forced-colors", "value", "active"))));
  }

  /** Keeps a picture of what is seen, in target/dashboard. */
  void keepScreenshot(String name) {
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The one file of this ending that was saved, once it is there as a whole: Chromium first makes
   * an empty one, to have its name.
   */
  Path saved(String ending) {
    Await.until("a file " + ending + " is saved", () -> saves(ending).size() == 1, () -> saves(""));
    return saves(ending).get(0);
  }

  private List<Path> saves(String ending) {
    try (Stream<Path> files = Files.list(downloads)) {
      return files
          .filter(file -> file.toString().endsWith(ending) && file.toFile().length() > 0)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}

package io.sounding.tests.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import io.sounding.tests.Await;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The dashboard's page in the words of those who look at it. */
final class DashboardPage {

  private static final Set<String> GRAVE = Set.of("serious", "critical");

  private final Browser browser;
  private final ChromeDriver driver;

  DashboardPage(Browser browser) {
    this.browser = browser;
    driver = browser.driver();
  }

  // what is seen

  /** Which of its states it is in: loading, empty, ready, kafka-unreachable, ... */
  String state() {
    return attribute("html", "data-state");
  }

  DashboardPage awaitState(String state) {
    Await.until("the page is " + state, () -> state().equals(state), this::looks);
    return this;
  }

  /** Returns when the chart says so of itself, such as "final-points". */
  DashboardPage awaitChart(String property, Object value) {
    return awaitAttribute("#chart", "data-" + property, value.toString());
  }

  /** Returns when nothing is seen where the selector says. */
  DashboardPage awaitNothing(String selector) {
    Await.until(
        "nothing is seen in " + selector,
        () -> text(selector).isEmpty(),
        () -> text(selector) + "; " + looks());
    return this;
  }

  DashboardPage awaitAttribute(String selector, String name, String value) {
    Await.until(
        "%s of %s is '%s'".formatted(name, selector, value),
        () -> attribute(selector, name).equals(value),
        () -> attribute(selector, name) + "; " + looks());
    return this;
  }

  /** Returns when the text is seen where the selector says. */
  DashboardPage awaitText(String selector, String text) {
    Await.until(
        "'%s' is seen in %s".formatted(text, selector),
        () -> text(selector).contains(text),
        () -> text(selector) + "; " + looks());
    return this;
  }

  /** What the chart says of itself; empty: nothing. */
  String chart(String property) {
    return attribute("#chart", "data-" + property);
  }

  /** Milliseconds from navigation to the first curve, once there is one. */
  double awaitFirstCurve() {
    Await.until("a curve is drawn", () -> !chart("first-drawn-at").isEmpty(), this::looks);
    return Double.parseDouble(chart("first-drawn-at"));
  }

  /** The text as it is seen, hidden parts left out. */
  String text(String selector) {
    return string(
        """
        const element = document.querySelector(arguments[0]);
        return element !== null && element.checkVisibility() ? element.innerText : '';
        """,
        selector);
  }

  String attribute(String selector, String name) {
    return string(
        "return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? ''",
        selector,
        name);
  }

  /** How many elements match. */
  long count(String selector) {
    return (long)
        driver.executeScript("return document.querySelectorAll(arguments[0]).length", selector);
  }

  /** The whole view in a few words: what is chosen, and what is drawn of it. */
  String view() {
    return string(
        """
        const chart = document.querySelector('#chart').dataset;
        const drawn = ['metric', 'seriesCount', 'points', 'x', 'y', 'lossCurves'].map((name) => `${name} ${chart[name]}`);
        const runs = [...document.querySelectorAll('#run-rows li:has(input:checked)')].map((row) => row.dataset.run);
        const tab = document.querySelector('[role=tab][aria-selected=true]')?.dataset.tab;
        return [...drawn, `runs ${runs}`, `tab ${tab}`].join('; ');
        """);
  }

  private String looks() {
    return "state %s, feed %s, %s".formatted(state(), attribute("html", "data-feed"), view());
  }

  /** Id of the element that has the focus. */
  String focused() {
    return string("return document.activeElement.id");
  }

  /** A property of an element's style, as it is drawn. */
  String style(String selector, String property) {
    return string(
        "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
        selector,
        property);
  }

  /** How wide the page is, what does not fit on the screen included. */
  long widthInPixels() {
    return (long) driver.executeScript("return document.documentElement.scrollWidth");
  }

  String title() {
    return driver.getTitle();
  }

  /** Its address, which is a link to what is seen. */
  String link() {
    return driver.getCurrentUrl();
  }

  // what is done

  void chooseMetric(String name) {
    click("#metric option[value='%s']".formatted(name));
  }

  /** Shows a run that is not shown, and the other way round. */
  void toggleRun(String name) {
    click("#run-rows li[data-run='%s'] input".formatted(name));
  }

  /** "last", "all" or "some". */
  void chooseLayers(String mode) {
    click("#layer-choice label:has(input[value='%s'])".formatted(mode));
  }

  /** "linear" or "log". */
  void chooseSteps(String axis) {
    click("#x-choice label:has(input[value='%s'])".formatted(axis));
  }

  void toggleLoss() {
    click("#loss");
  }

  /** "layers", "checkpoints", "alarms", "correlations" or "values". */
  void openTab(String name) {
    click("#tab-" + name);
    Await.until("tab " + name + " is open", () -> !text("#panel-" + name).isEmpty(), this::looks);
  }

  void click(String selector) {
    driver.findElement(By.cssSelector(selector)).click();
  }

  void type(String selector, String text) {
    driver.findElement(By.cssSelector(selector)).sendKeys(text);
  }

  void goBack() {
    driver.navigate().back();
  }

  void press(Keys key) {
    new Actions(driver).sendKeys(key).perform();
  }

  /** Presses the tabulator until the element with this id has the focus. */
  void tabTo(String id) {
    for (int i = 0; i < 100; i++) {
      if (focused().equals(id)) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("The keyboard does not reach #" + id + ".");
  }

  // what it must be

  /** Has the page forget this if it is loaded again. */
  void mark() {
    driver.executeScript("window.marked = true");
  }

  /** Fails if it was loaded again since. */
  void mustNotHaveBeenReloaded() {
    assertThat(driver.executeScript("return window.marked === true")).isEqualTo(true);
  }

  /** Fails with what axe-core finds that shuts somebody out. */
  void mustBeAccessible() {
    Results results = new AxeBuilder().analyze(driver);
    List<String> violations =
        results.getViolations().stream()
            .filter(rule -> GRAVE.contains(rule.getImpact()))
            .map(DashboardPage::words)
            .toList();
    assertThat(results.getPasses()).as("rules that axe-core found kept").isNotEmpty();
    assertThat(violations).as("axe-core on %s", link()).isEmpty();
  }

  private static String words(Rule rule) {
    return "%s (%s): %s %s"
        .formatted(
            rule.getId(),
            rule.getImpact(),
            rule.getHelp(),
            rule.getNodes().stream().map(node -> node.getHtml()).toList());
  }

  DashboardPage keepScreenshot(String name) {
    browser.keepScreenshot(name);
    return this;
  }

  private String string(String script, Object... arguments) {
    Object answer = driver.executeScript(script, arguments);
    assertThat(answer).as(Arrays.toString(arguments)).isInstanceOf(String.class);
    return (String) answer;
  }
}

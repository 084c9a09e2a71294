package io.sounding.operators.embed;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.core.fs.Path;

/**
 * Which model files, and files of weights, may be fetched: those that a prefix names, or that lie
 * below one, in whole steps of the path.
 *
 * <p>The boundary of trust: TorchScript and ONNX files are code in effect. They run in the task
 * manager's process, with its rights, its credentials and its memory, and the native engines that
 * read them are not made to withstand a malicious file. So whoever may write below a trusted prefix
 * can run code there. Whoever may merely publish checkpoint events chooses among the trusted files,
 * and no more. A SHA-256 in the event is the publisher's word: it protects against files that were
 * changed after the event or cut off on their way, not against the publisher.
 *
 * <p>What is compared is what is opened: the URI as Flink reads it ({@link Path}: {@code ..} taken
 * away, percent signs not decoded), with its scheme in lower case; of local files the real path,
 * all links followed, which must lie below the real path of a trusted prefix. What could be read in
 * two ways (backslashes, control characters, and where the file is not local percent codes of dots,
 * separators and percent signs) is refused, and so is user information, which is a secret in the
 * wrong place.
 *
 * @param prefixes URIs of folders or files; a path that starts with a slash means a local one
 * @param sha256Required whether an event must give the SHA-256 of each file that it names
 */
public record TrustedArtifacts(List<String> prefixes, boolean sha256Required)
    implements Serializable {

  private static final Pattern USER_INFORMATION = Pattern.compile("^[^/]*://[^/]*@.*");
  private static final Pattern AMBIGUOUS = Pattern.compile("[\\p{Cntrl}\\\\]");
  private static final Pattern AMBIGUOUS_CODE =
      Pattern.compile("%(2e|2f|5c|25|00)", Pattern.CASE_INSENSITIVE);
  private static final int PREFIXES_TOLD = 5;

  /** Nothing is trusted. */
  public static final TrustedArtifacts NONE = new TrustedArtifacts(List.of(), false);

  /** Refuses prefixes that could not be meant, each with a sentence. */
  public TrustedArtifacts {
    prefixes = List.copyOf(prefixes);
    for (String prefix : prefixes) {
      try {
        parse(prefix);
      } catch (EncodingException e) {
        throw new IllegalArgumentException("A prefix of trusted model files: " + e.getMessage(), e);
      }
    }
  }

  /** The files that these prefixes name or that lie below them. */
  public static TrustedArtifacts of(Collection<String> prefixes) {
    return new TrustedArtifacts(List.copyOf(prefixes), false);
  }

  /** The same, but an event must give the SHA-256 of each file that it names. */
  public TrustedArtifacts requiringSha256() {
    return new TrustedArtifacts(prefixes, true);
  }

  /**
   * What to open for a file that an event names. Touches no file.
   *
   * @param sha256 the digest that the event gives; null: none
   * @throws EncodingException if the file is not trusted
   */
  Path locate(String uri, String sha256, Artifact kind) throws EncodingException {
    Path path = parse(uri);
    if (prefixes.isEmpty()) {
      throw new EncodingException(
          "The %s %s is not fetched: model files are code in effect, and the job was started without --models-from, so it trusts none. Start it with --models-from and the folder of your checkpoints, such as s3://bucket/checkpoints/."
              .formatted(kind.noun(), path));
    }
    if (prefixes.stream().noneMatch(prefix -> isBelow(path, parsed(prefix)))) {
      throw new EncodingException(
          "The %s %s is not fetched: it does not lie below %s. Move it there, or start the job with another --models-from."
              .formatted(kind.noun(), path, toldPrefixes()));
    }
    if (sha256Required && sha256 == null) {
      throw new EncodingException(
          "The event of %s %s gives no %s, and the job was started with --require-sha256. Publish it with the digest and a higher attempt."
              .formatted(kind.noun(), path, kind.digestField()));
    }
    return path;
  }

  /**
   * The same file with all links followed, if it is local.
   *
   * @throws EncodingException if the links lead out of what is trusted
   */
  Path followed(Path located) throws IOException, EncodingException {
    if (!isLocal(located)) {
      return located;
    }
    java.nio.file.Path named = named(located);
    if (named == null) {
      throw new EncodingException(
          "The file %s is not fetched: the locale's encoding, %s, does not have all letters of its name. Start the process with LC_ALL=C.UTF-8, or rename the file."
              .formatted(located, System.getProperty("sun.jnu.encoding")));
    }
    java.nio.file.Path real = named.toRealPath();
    for (String prefix : prefixes) {
      Path trusted = parsed(prefix);
      if (isLocal(trusted)) {
        java.nio.file.Path folder = named(trusted);
        if (folder != null && folder.toFile().exists() && real.startsWith(folder.toRealPath())) {
          return Path.fromLocalFile(real.toFile());
        }
      }
    }
    throw new EncodingException(
        "The file %s is not fetched: a symbolic link leads it out of %s. Copy the file there, or start the job with --models-from for where the link leads."
            .formatted(located, toldPrefixes()));
  }

  /** The local file; null: the locale's encoding has no bytes for its name. */
  private static java.nio.file.Path named(Path local) {
    try {
      return java.nio.file.Path.of(local.getPath());
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static Path parse(String uri) throws EncodingException {
    if (USER_INFORMATION.matcher(uri).matches()) {
      throw new EncodingException(
          "The URI carries a user name or a password. Give credentials to Flink's file system instead, and write the URI without them.");
    }
    if (AMBIGUOUS.matcher(uri).find()) {
      throw new EncodingException(
          "The URI %s holds a backslash or a control character (? here). Rename the file."
              .formatted(AMBIGUOUS.matcher(uri).replaceAll("?")));
    }
    try {
      Path given = new Path(uri);
      String scheme = given.toUri().getScheme();
      String path = given.getPath().isEmpty() ? "/" : given.getPath();
      boolean complete = path.startsWith("/") && !List.of(path.split("/", -1)).contains("..");
      if (complete) {
        Path canonical =
            new Path(
                scheme == null ? "file" : scheme.toLowerCase(Locale.ROOT),
                given.toUri().getAuthority(),
                path);
        if (!isLocal(canonical) && AMBIGUOUS_CODE.matcher(path).find()) {
          throw new EncodingException(
              "The URI %s holds a dot, separator or percent sign as a percent code. Rename the file."
                  .formatted(uri));
        }
        if (!isLocal(canonical) || given.toUri().getAuthority() == null) {
          return canonical;
        }
      }
    } catch (IllegalArgumentException e) {
      throw new EncodingException("%s is no URI (%s).".formatted(uri, e.getMessage()), e);
    }
    throw new EncodingException(
        "The URI %s does not say where the file lies. Write it out, as in file:///data/models/step1.onnx or s3://bucket/models/step1.onnx."
            .formatted(uri));
  }

  private static Path parsed(String prefix) {
    try {
      return parse(prefix);
    } catch (EncodingException e) {
      throw new IllegalStateException("It was found valid before: " + prefix, e);
    }
  }

  private static boolean isBelow(Path path, Path prefix) {
    String folder = prefix.getPath();
    return path.toUri().getScheme().equals(prefix.toUri().getScheme())
        && Objects.equals(path.toUri().getAuthority(), prefix.toUri().getAuthority())
        && (path.getPath().equals(folder)
            || path.getPath().startsWith(folder.endsWith("/") ? folder : folder + "/"));
  }

  private static boolean isLocal(Path path) {
    return path.toUri().getScheme().equals("file");
  }

  private String toldPrefixes() {
    String told = prefixes.stream().limit(PREFIXES_TOLD).collect(Collectors.joining(", "));
    int more = prefixes.size() - PREFIXES_TOLD;
    return more > 0 ? "%s and %d more".formatted(told, more) : told;
  }
}

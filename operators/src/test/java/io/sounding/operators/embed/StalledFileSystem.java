package io.sounding.operators.embed;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** Local files under {@code stalled:}, a store that never answers when one is opened. */
public final class StalledFileSystem extends LocalFileSystem {

  /** Counted down when somebody who waited for a file was interrupted. */
  static final CountDownLatch INTERRUPTED = new CountDownLatch(1);

  /** How Flink finds it. */
  public static final class Factory implements FileSystemFactory {

    @Override
    public String getScheme() {
      return "stalled";
    }

    @Override
    public FileSystem create(URI uri) {
      return new StalledFileSystem();
    }
  }

  @Override
  public FSDataInputStream open(Path file) throws IOException {
    try {
      new CountDownLatch(1).await();
      throw new IllegalStateException("Nobody counts down.");
    } catch (InterruptedException e) {
      INTERRUPTED.countDown();
      throw new InterruptedIOException("interrupted while opening " + file);
    }
  }
}

package dev.weft.instrumentation.tomcat;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An asynchronous channel on another one, in whose place it is: all but reading and writing. */
abstract class ForwardingChannel extends AsynchronousSocketChannel {

  /** What comes of reading or writing; told once, on any thread, the caller's own included. */
  interface Result {
    void completed(long count);

    void failed(Throwable problem);
  }

  final AsynchronousSocketChannel channel;

  ForwardingChannel(AsynchronousSocketChannel channel) {
    super(channel.provider());
    this.channel = channel;
  }

  /** As the channel's own; a timeout of 0 is none. */
  abstract void read(
      ByteBuffer[] to, int offset, int length, long timeout, TimeUnit unit, Result result);

  /** As the channel's own; a timeout of 0 is none. */
  abstract void write(
      ByteBuffer[] from, int offset, int length, long timeout, TimeUnit unit, Result result);

  @Override
  public final <A> void read(
      ByteBuffer to,
      long timeout,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    read(new ByteBuffer[] {to}, 0, 1, timeout, unit, one(attachment, handler));
  }

  @Override
  public final <A> void read(
      ByteBuffer[] to,
      int offset,
      int length,
      long timeout,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Long, ? super A> handler) {
    read(to, offset, length, timeout, unit, all(attachment, handler));
  }

  @Override
  public final Future<Integer> read(ByteBuffer to) {
    CompletableFuture<Integer> count = new CompletableFuture<>();
    read(new ByteBuffer[] {to}, 0, 1, 0, TimeUnit.MILLISECONDS, future(count));
    return count;
  }

  @Override
  public final <A> void write(
      ByteBuffer from,
      long timeout,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    write(new ByteBuffer[] {from}, 0, 1, timeout, unit, one(attachment, handler));
  }

  @Override
  public final <A> void write(
      ByteBuffer[] from,
      int offset,
      int length,
      long timeout,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Long, ? super A> handler) {
    write(from, offset, length, timeout, unit, all(attachment, handler));
  }

  @Override
  public final Future<Integer> write(ByteBuffer from) {
    CompletableFuture<Integer> count = new CompletableFuture<>();
    write(new ByteBuffer[] {from}, 0, 1, 0, TimeUnit.MILLISECONDS, future(count));
    return count;
  }

  private static <A> Result one(A attachment, CompletionHandler<Integer, ? super A> handler) {
    return new Result() {
      @Override
      public void completed(long count) {
        handler.completed((int) count, attachment);
      }

      @Override
      public void failed(Throwable problem) {
        handler.failed(problem, attachment);
      }
    };
  }

  private static <A> Result all(A attachment, CompletionHandler<Long, ? super A> handler) {
    return new Result() {
      @Override
      public void completed(long count) {
        handler.completed(count, attachment);
      }

      @Override
      public void failed(Throwable problem) {
        handler.failed(problem, attachment);
      }
    };
  }

  private static Result future(CompletableFuture<Integer> future) {
    return new Result() {
      @Override
      public void completed(long count) {
        future.complete((int) count);
      }

      @Override
      public void failed(Throwable problem) {
        future.completeExceptionally(problem);
      }
    };
  }

  @Override
  public final AsynchronousSocketChannel bind(@Nullable SocketAddress local) throws IOException {
    channel.bind(local);
    return this;
  }

  @Override
  public final <T> AsynchronousSocketChannel setOption(SocketOption<T> name, T value)
      throws IOException {
    channel.setOption(name, value);
    return this;
  }

  @Override
  public final <T> T getOption(SocketOption<T> name) throws IOException {
    return channel.getOption(name);
  }

  @Override
  public final Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public final AsynchronousSocketChannel shutdownInput() throws IOException {
    channel.shutdownInput();
    return this;
  }

  @Override
  public final AsynchronousSocketChannel shutdownOutput() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  @Override
  public final SocketAddress getRemoteAddress() throws IOException {
    return channel.getRemoteAddress();
  }

  @Override
  public final SocketAddress getLocalAddress() throws IOException {
    return channel.getLocalAddress();
  }

  @Override
  public final <A> void connect(
      SocketAddress remote, A attachment, CompletionHandler<Void, ? super A> handler) {
    channel.connect(remote, attachment, handler);
  }

  @Override
  public final Future<Void> connect(SocketAddress remote) {
    return channel.connect(remote);
  }

  @Override
  public final boolean isOpen() {
    return channel.isOpen();
  }
}

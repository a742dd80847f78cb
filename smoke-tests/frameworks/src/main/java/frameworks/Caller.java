package frameworks;

/** One framework over one library. */
interface Caller {
  /** Sends and reads to the end; returns status, a space, and the body. */
  String send(Call call) throws Exception;
}

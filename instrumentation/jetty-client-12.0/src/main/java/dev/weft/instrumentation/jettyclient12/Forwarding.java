package dev.weft.instrumentation.jettyclient12;

import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.ResponseListeners;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;

/** All listeners of a request as one, for the request that follows its redirect. */
final class Forwarding
    implements Response.BeginListener,
        Response.HeaderListener,
        Response.HeadersListener,
        Response.ContentSourceListener,
        Response.SuccessListener,
        Response.FailureListener,
        Response.CompleteListener {

  private final ResponseListeners listeners;

  Forwarding(ResponseListeners listeners) {
    this.listeners = listeners;
  }

  @Override
  public void onBegin(Response response) {
    listeners.notifyBegin(response);
  }

  @Override
  public boolean onHeader(Response response, HttpField field) {
    return listeners.notifyHeader(response, field);
  }

  @Override
  public void onHeaders(Response response) {
    listeners.notifyHeaders(response);
  }

  @Override
  public void onContentSource(Response response, Content.Source source) {
    listeners.notifyContentSource(response, source);
  }

  @Override
  public void onSuccess(Response response) {
    listeners.notifySuccess(response);
  }

  @Override
  public void onFailure(Response response, Throwable failure) {
    listeners.notifyFailure(response, failure);
  }

  @Override
  public void onComplete(Result result) {
    listeners.notifyComplete(result);
  }
}

using System.Net;
using Veer.Formats;

namespace Veer.Data;

/// <summary>A file on the web, open for reading.</summary>
internal sealed class HttpFile : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;
    private readonly HttpResponseMessage response;

    private HttpFile(Uri source, HttpClient client, HttpResponseMessage response, Stream body) =>
        (Source, this.client, this.response, Body) = (source, client, response, body);

    /// <summary>The file's address.</summary>
    public Uri Source { get; }

    /// <summary>Its length in bytes, where the server says it.</summary>
    public long? Length => response.Content.Headers.ContentLength;

    /// <summary>Its bytes. Every failure to read, and a pause of half a minute, is an <see cref="HttpRequestException"/>.</summary>
    public Stream Body { get; }

    /// <summary>Asks for a file.</summary>
    /// <exception cref="HttpRequestException">No server, no file, or no answer in half a minute.</exception>
    public static HttpFile Open(Uri source, CancellationToken cancellation)
    {
        // bytes as they are, and no proxy between this machine and itself
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = Patience, UseProxy = !source.IsLoopback };
        var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            var response = client.Send(new HttpRequestMessage(HttpMethod.Get, source), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode) throw new HttpRequestException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
            return new HttpFile(source, client, response, new PatientStream(response.Content.ReadAsStream(cancellation), cancellation));
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is TaskCanceledException { InnerException: TimeoutException }) throw new HttpRequestException($"no answer in {(int)Patience.TotalSeconds} s", e);
            throw;
        }
    }

    public void Dispose()
    {
        response.Dispose();
        client.Dispose();
    }

    /// <summary>A response's bytes: reading ends on request, and when nothing comes.</summary>
    private sealed class PatientStream(Stream body, CancellationToken cancellation) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            // a span cannot wait
            var bytes = new byte[buffer.Length];
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            try
            {
                int count = body.ReadAsync(bytes, 0, bytes.Length, limit.Token).GetAwaiter().GetResult();
                bytes.AsSpan(0, count).CopyTo(buffer);
                return count;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new HttpRequestException($"nothing came for {(int)Patience.TotalSeconds} s");
            }
            catch (IOException e)
            {
                throw new HttpRequestException($"the connection broke off ({e.Message})", e);
            }
        }
    }
}

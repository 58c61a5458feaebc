using System.Net;
using System.Net.Sockets;

namespace Veer.Tests.Data;

/// <summary>A web server on this machine that serves a few files, and counts what it is asked for.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener listener;
    private readonly List<string> asked = [];
    private readonly TaskCompletionSource<string> posted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LocalServer()
    {
        // a free port may be taken by another before it is listened on
        for (int attempt = 1; ; attempt++)
        {
            Url = $"http://127.0.0.1:{FreePort()}";
            listener = new HttpListener { Prefixes = { Url + "/" } };
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
        _ = Task.Run(Serve);
    }

    public string Url { get; }

    /// <summary>Files by their paths, as "/mnist/a.gz".</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Paths whose transfer breaks off half way.</summary>
    public HashSet<string> BreakingOff { get; } = [];

    /// <summary>The first text that is posted to it, wherever.</summary>
    public Task<string> Posted => posted.Task;

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (asked) return [.. asked];
        }
    }

    /// <summary>A port on which nothing listens.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => listener.Close();

    private void Serve()
    {
        try
        {
            while (true) Answer(listener.GetContext());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // closed
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        lock (asked) asked.Add(path);
        var response = context.Response;
        if (context.Request.HttpMethod == "POST")
        {
            using var reader = new StreamReader(context.Request.InputStream);
            posted.TrySetResult(reader.ReadToEnd());
            response.Close();
            return;
        }
        if (!Files.TryGetValue(path, out byte[]? content))
        {
            response.StatusCode = (int)HttpStatusCode.NotFound;
            response.Close();
            return;
        }
        response.ContentLength64 = content.Length;
        response.ContentType = Path.GetExtension(path) switch
        {
            ".html" => "text/html",
            ".json" => "application/json",
            // a browser takes a module from no other type
            ".mjs" => "text/javascript",
            ".wasm" => "application/wasm",
            _ => null,
        };
        bool whole = !BreakingOff.Contains(path);
        try
        {
            response.OutputStream.Write(content, 0, whole ? content.Length : content.Length / 2);
            if (whole) response.Close();
            else response.Abort();
        }
        catch (Exception e) when (e is HttpListenerException or IOException)
        {
            // the other side had enough
        }
    }
}

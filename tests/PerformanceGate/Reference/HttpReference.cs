using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.PerformanceGate.Reference;

/// <summary>
/// Kestrel with what the machine has to do for our HTTP requests: JSON is parsed, a thread that owns the log is woken and wakes the request
/// in turn, an answer is written.
/// </summary>
internal sealed class HttpReference : IDisposable
{
    private const int BatchBytes = 1100;
    private static readonly byte[] Taken =
        "{\"offsets\":[{\"partition\":0,\"offset\":1,\"error_code\":null,\"error\":null}],\"key_schema_id\":null,\"value_schema_id\":null}"u8.ToArray();
    private readonly ReferenceFile _file;
    private readonly BlockingCollection<Work> _work = [];
    private readonly byte[] _told = JsonSerializer.SerializeToUtf8Bytes(new { schema = new string('s', 600) });

    public HttpReference(ReferenceFile file)
    {
        _file = file;
        new Thread(Own) { IsBackground = true }.Start();
    }

    /// <summary>Starts it.</summary>
    public Uri Start()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(AnswerAsync);
        app.StartAsync().GetAwaiter().GetResult();
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public void Dispose() => _work.Dispose();

    private async Task AnswerAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            byte[] record = await ReadAsync(context.Request);
            await DoAsync(() => _file.Append(record));
            await WriteAsync(context, Taken);
        }
        else if (context.Request.Path.StartsWithSegments("/schemas"))
        {
            await WriteAsync(context, _told);
        }
        else
        {
            byte[] batch = [];
            await DoAsync(() => batch = _file.Read(BatchBytes).ToArray());
            var told = new { records = new[] { new { partition = 0, offset = 1, value = batch } } };
            await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(told));
        }
    }

    private static async ValueTask<byte[]> ReadAsync(HttpRequest request)
    {
        PipeReader reader = request.BodyReader;
        ReadResult read = await reader.ReadAtLeastAsync((int)request.ContentLength!.Value);
        byte[] value = ValueOf(read.Buffer);
        reader.AdvanceTo(read.Buffer.End);
        return value;
    }

    private static byte[] ValueOf(System.Buffers.ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        byte[] value = [];
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.String) value = json.GetBytesFromBase64();
        }
        return value;
    }

    private Task DoAsync(Action action)
    {
        var work = new Work(action, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _work.Add(work);
        return work.Done.Task;
    }

    private void Own()
    {
        foreach (Work work in _work.GetConsumingEnumerable())
        {
            work.Action();
            work.Done.SetResult();
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.BodyWriter.WriteAsync(json).AsTask();
    }

    private readonly record struct Work(Action Action, TaskCompletionSource Done);
}

using System.Text.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>Writes records as JSON objects of some kind.</summary>
internal interface IRecordWriter : IDisposable
{
    /// <summary>Writes the records with offsets from <paramref name="from"/> up to, but without, <paramref name="to"/>.</summary>
    void Write(Utf8JsonWriter json, string topic, int partition, ReadOnlySpan<byte> batches, long from, long to);
}

namespace Gateway.Simulation.PowerCut;

/// <summary>A batch as it was handed to a log.</summary>
/// <param name="Base">Offset of its first record.</param>
/// <param name="Next">The offset behind its last.</param>
/// <param name="Bytes">All of it, as stored.</param>
internal sealed record ModelBatch(long Base, long Next, byte[] Bytes)
{
    public bool Equals(ModelBatch? other) => other is not null && Base == other.Base && Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override int GetHashCode() => HashCode.Combine(Base, Bytes.Length);
}

/// <summary>Contents a log may come back with.</summary>
/// <param name="Batches">All batches that may be there, in order.</param>
/// <param name="Promised">Up to this offset they must be.</param>
internal sealed record ModelVersion(List<ModelBatch> Batches, long Promised)
{
    /// <summary>Its last batches were answered with an error.</summary>
    internal bool IsRefusal { get; init; }

    internal long End => Batches.Count == 0 ? 0 : Batches[^1].Next;

    /// <summary>It is the current content up to an offset that is durable, and goes on with what was refused there or later.</summary>
    internal bool IsRefusedBehind(ModelVersion current, long durable) =>
        IsRefusal && End > durable && Batches.TakeWhile(batch => batch.Base < durable).All(batch => current.Batches.Contains(batch));

    internal bool Explains(List<ModelBatch> stored, long start, long end)
    {
        if (end < Promised) return false;
        List<ModelBatch> expected = Batches.FindAll(batch => batch.Next > start && batch.Base < end);
        if (expected.Count != stored.Count) return false;
        for (int i = 0; i < stored.Count; i++)
        {
            if (stored[i].Base != expected[i].Base || !stored[i].Bytes.AsSpan().SequenceEqual(expected[i].Bytes)) return false;
        }

        return true;
    }
}

namespace Gateway.Metrics;

/// <summary>The labels of one series, in the order the instrument gave them.</summary>
internal sealed class LabelSet(KeyValuePair<string, object?>[] labels)
{
    /// <summary>Name and value of each label.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Labels => labels;

    /// <summary>Compares label sets by content, and finds one by a span without allocating.</summary>
    public sealed class Comparer : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
    {
        /// <summary>The only instance.</summary>
        public static readonly Comparer Instance = new();

        public bool Equals(LabelSet? x, LabelSet? y) => x is not null && y is not null && Equals(x.Labels, y);

        public int GetHashCode(LabelSet obj) => GetHashCode(obj.Labels);

        public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate.ToArray());

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other)
        {
            ReadOnlySpan<KeyValuePair<string, object?>> labels = other.Labels;
            if (alternate.Length != labels.Length) return false;
            for (int i = 0; i < labels.Length; i++)
                if (alternate[i].Key != labels[i].Key || !Equals(alternate[i].Value, labels[i].Value)) return false;
            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = new HashCode();
            foreach (KeyValuePair<string, object?> label in alternate)
            {
                hash.Add(label.Key);
                hash.Add(label.Value);
            }
            return hash.ToHashCode();
        }
    }
}

namespace Gateway.Schemas.Json.Validation;

/// <summary>Schemas that apply themselves to the very value they were given: no data ever ends that.</summary>
internal static class EndlessLoop
{
    private enum Mark
    {
        New,
        Open,
        Done,
    }

    /// <summary>A schema on such a loop, or null.</summary>
    public static CompiledSchema? Find(IEnumerable<CompiledSchema> schemas)
    {
        var marks = new Dictionary<CompiledSchema, Mark>();
        var path = new Stack<(CompiledSchema Schema, IEnumerator<CompiledSchema> Next)>();
        foreach (var start in schemas)
        {
            if (marks.ContainsKey(start)) continue;
            Open(start);
            while (path.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    marks[top.Schema] = Mark.Done;
                    path.Pop();
                    continue;
                }
                var next = top.Next.Current;
                switch (marks.GetValueOrDefault(next))
                {
                    case Mark.Open: return next;
                    case Mark.New: Open(next); break;
                }
            }
        }
        return null;

        void Open(CompiledSchema schema)
        {
            marks[schema] = Mark.Open;
            path.Push((schema, schema.Checks.SelectMany(check => check.AppliedInPlace).GetEnumerator()));
        }
    }
}

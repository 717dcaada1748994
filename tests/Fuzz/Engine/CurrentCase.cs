using System.IO.MemoryMappedFiles;

namespace Gateway.Fuzz.Engine;

/// <summary>The case under way in a mapped file, so that it is still there when the process is not. Four bytes of length in front.</summary>
internal sealed class CurrentCase : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public CurrentCase(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Mutator.MaxLength * 16);
        _view = _file.CreateViewAccessor();
    }

    public void Set(byte[] input)
    {
        var length = Math.Min(input.Length, Mutator.MaxLength * 16 - 4);
        _view.Write(0, length);
        _view.WriteArray(4, input, 0, length);
    }

    /// <summary>Nothing happened; there is nothing to keep.</summary>
    public void Done()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
